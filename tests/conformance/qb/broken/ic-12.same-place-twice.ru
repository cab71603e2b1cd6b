PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
INSERT DATA { :slice qb:observation :o6 . :o6 qb:dataSet :data ; :sex :men ; :river :brook ; qb:measureType :depth ; :depth 5 ; :unit :metre }

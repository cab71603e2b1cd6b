PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
INSERT DATA { :slice qb:observation :o5 . :o5 :place :north }

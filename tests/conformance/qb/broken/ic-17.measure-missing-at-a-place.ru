PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
DELETE WHERE { :o4 ?p ?o } ;
DELETE WHERE { :slice qb:observation :o4 }

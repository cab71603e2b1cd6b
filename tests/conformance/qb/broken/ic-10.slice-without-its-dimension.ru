PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
DELETE { :slice :place :north } INSERT { ?o :place :north } WHERE { :slice qb:observation ?o }

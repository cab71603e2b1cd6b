PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
INSERT DATA { :series qb:componentProperty :height . :slice :height 3 }

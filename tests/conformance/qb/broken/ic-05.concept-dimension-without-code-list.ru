PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
DELETE WHERE { :sex qb:codeList ?list }

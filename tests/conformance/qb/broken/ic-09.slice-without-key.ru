PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
DELETE WHERE { :slice qb:sliceStructure ?key }

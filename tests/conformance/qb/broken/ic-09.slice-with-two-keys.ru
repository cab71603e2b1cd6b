PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
INSERT DATA { :slice qb:sliceStructure :second . :second a qb:SliceKey ; qb:componentProperty :place . :structure qb:sliceKey :second }

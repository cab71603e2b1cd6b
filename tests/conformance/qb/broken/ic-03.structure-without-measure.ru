PREFIX : <https://example.org/cube/>
PREFIX qb: <http://purl.org/linked-data/cube#>
INSERT DATA { :empty a qb:DataStructureDefinition ; qb:component :by-sex }

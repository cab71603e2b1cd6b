PREFIX : <https://example.org/cube/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
DELETE WHERE { :river rdfs:range ?range }

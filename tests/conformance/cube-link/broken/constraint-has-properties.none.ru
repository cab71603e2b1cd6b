PREFIX sh: <http://www.w3.org/ns/shacl#>
DELETE WHERE { ?constraint sh:property ?property }

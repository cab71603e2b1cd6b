PREFIX sh: <http://www.w3.org/ns/shacl#>
DELETE WHERE { ?property sh:maxCount ?n }

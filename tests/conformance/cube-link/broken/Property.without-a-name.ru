PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX schema: <http://schema.org/>
DELETE { ?property schema:name ?name } WHERE { ?property sh:path ?path ; schema:name ?name }

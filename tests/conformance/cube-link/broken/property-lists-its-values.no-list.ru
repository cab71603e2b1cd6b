PREFIX sh: <http://www.w3.org/ns/shacl#>
DELETE { ?property sh:in ?list } INSERT { ?property sh:in sh:nothing } WHERE { ?property sh:in ?list }

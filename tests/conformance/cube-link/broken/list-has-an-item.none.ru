PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
DELETE { ?list rdf:first ?item } WHERE { ?property sh:in ?list . ?list rdf:first ?item }

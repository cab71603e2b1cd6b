PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
DELETE { ?list rdf:rest ?rest } WHERE { ?property sh:in ?list . ?list rdf:rest ?rest }

PREFIX cube: <https://cube.link/>
PREFIX sam: <https://w3id.org/samtaler/ontology#>
DELETE { ?o sam:fromLayer ?l } INSERT { ?o sam:fromLayer <https://w3id.org/samtaler/graph/coded> } WHERE { ?o a cube:Observation ; sam:fromLayer ?l }

PREFIX cube: <https://cube.link/>
PREFIX dimension: <https://w3id.org/samtaler/id/cube/dimension/>
DELETE { ?o dimension:period ?p } INSERT { ?o dimension:period cube:never } WHERE { ?o dimension:period ?p }

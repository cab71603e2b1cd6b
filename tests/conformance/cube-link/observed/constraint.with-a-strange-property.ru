PREFIX cube: <https://cube.link/>
INSERT { ?o cube:mood "good" } WHERE { ?o a cube:Observation }

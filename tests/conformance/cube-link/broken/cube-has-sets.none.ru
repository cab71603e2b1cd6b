PREFIX cube: <https://cube.link/>
DELETE WHERE { ?cube cube:observationSet ?set }

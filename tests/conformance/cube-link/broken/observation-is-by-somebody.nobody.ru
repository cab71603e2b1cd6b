PREFIX cube: <https://cube.link/>
DELETE WHERE { ?observation cube:observedBy ?agent }

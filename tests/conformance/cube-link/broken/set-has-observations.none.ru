PREFIX cube: <https://cube.link/>
DELETE WHERE { ?set cube:observation ?observation }

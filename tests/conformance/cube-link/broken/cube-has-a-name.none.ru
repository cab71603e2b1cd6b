PREFIX cube: <https://cube.link/>
PREFIX schema: <http://schema.org/>
DELETE { ?cube schema:name ?name } WHERE { ?cube a cube:Cube ; schema:name ?name }

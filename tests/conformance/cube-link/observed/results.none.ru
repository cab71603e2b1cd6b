PREFIX measure: <https://w3id.org/samtaler/id/cube/measure/>
DELETE WHERE { ?o measure:results ?n }

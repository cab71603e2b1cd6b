PREFIX measure: <https://w3id.org/samtaler/id/cube/measure/>
DELETE { ?o measure:results_low ?n } INSERT { ?o measure:results_low "many" } WHERE { ?o measure:results_low ?n }

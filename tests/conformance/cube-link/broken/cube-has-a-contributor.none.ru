PREFIX schema: <http://schema.org/>
DELETE WHERE { ?cube schema:contributor ?who }

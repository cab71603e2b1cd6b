PREFIX meta: <https://cube.link/meta/>
DELETE WHERE { ?relation meta:relatesTo ?measure }

PREFIX : <https://example.org/cube/>
DELETE { ?o :sex :men } INSERT { ?o :sex :children } WHERE { ?o :sex :men }

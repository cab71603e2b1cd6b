PREFIX : <https://example.org/cube/>
DELETE WHERE { :o1 :sex ?sex }

PREFIX : <https://example.org/cube/>
DELETE WHERE { :o5 :depth ?depth }

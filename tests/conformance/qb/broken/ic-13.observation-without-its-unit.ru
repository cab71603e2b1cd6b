PREFIX : <https://example.org/cube/>
DELETE WHERE { :o2 :unit ?unit }

PREFIX : <https://example.org/cube/>
DELETE WHERE { :o3 :width ?width }

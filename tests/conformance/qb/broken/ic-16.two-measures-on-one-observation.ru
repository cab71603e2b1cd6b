PREFIX : <https://example.org/cube/>
INSERT DATA { :o3 :depth 7 }

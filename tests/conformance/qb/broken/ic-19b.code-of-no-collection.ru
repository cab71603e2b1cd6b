PREFIX : <https://example.org/cube/>
DELETE { :slice :place :north } INSERT { :slice :place :south } WHERE { }

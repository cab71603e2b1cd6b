PREFIX : <https://example.org/cube/>
DELETE DATA { :waters :hasBranch :brook }

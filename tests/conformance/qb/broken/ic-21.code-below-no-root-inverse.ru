PREFIX : <https://example.org/cube/>
DELETE DATA { :brook :branchOf :waters }

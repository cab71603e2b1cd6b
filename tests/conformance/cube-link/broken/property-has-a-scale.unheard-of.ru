PREFIX qudt: <http://qudt.org/schema/qudt/>
DELETE { ?property qudt:scaleType ?scale } INSERT { ?property qudt:scaleType qudt:RichterScale } WHERE { ?property qudt:scaleType ?scale }

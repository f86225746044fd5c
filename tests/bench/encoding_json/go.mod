module encoding_json

go 1.19

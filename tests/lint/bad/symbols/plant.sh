# plant.sh - the planted sources as archives. usage: plant.sh HERE BUILD
set -eu
for source in "$1"/*.c; do
	name=$(basename "$source" .c)
	${CC:-gcc} -O1 -c -o "$2/$name.o" "$source"
	ar rcsD "$2/lib$name.a" "$2/$name.o"
done

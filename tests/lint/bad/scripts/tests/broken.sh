#!/bin/sh
# broken.sh - planted: a word that is not quoted and a test that is always true.
cd "$1"
rm -r $2/*

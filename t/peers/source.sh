#!/bin/sh
# source.sh PACKAGE DIR - fetch a Debian source package into the empty DIR: the
# sources that apt has already, with deb-src for deb, in lists of its own
set -eu
package=$1
mkdir -p "$2"
cd "$2"
mkdir -p apt/lists/partial apt/cache/archives/partial
[ ! -e /etc/apt/sources.list.d/debian.sources ] ||
	sed 's/^Types:.*/Types: deb-src/' \
		/etc/apt/sources.list.d/debian.sources >apt/debian.sources
[ ! -s /etc/apt/sources.list ] ||
	sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >apt/more.list
own() {
	set -- "$@" -o "Dir::State::Lists=$PWD/apt/lists" \
		-o "Dir::Cache=$PWD/apt/cache" -o Dir::Etc::SourceList=/dev/null \
		-o "Dir::Etc::SourceParts=$PWD/apt" -o APT::Sandbox::User=root
	apt-get -qq "$@"
}
own update
own --download-only source "$package"
tar -xf ./*.orig.tar.?z # not its signature

private import ArgumentParser
private import Hummingbird
private import Crypto
private import Subprocess

@main
enum Main { static func main() {} }

import Glibc
import IdentityService
import Lifecycle

exit(await Launch<IdentityService>.run(Array(CommandLine.arguments.dropFirst())))

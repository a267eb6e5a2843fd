import CatalogService
import Glibc
import Lifecycle

exit(await Launch<CatalogService>.run(Array(CommandLine.arguments.dropFirst())))

import AnalyticsService
import Glibc
import Lifecycle

exit(await Launch<AnalyticsService>.run(Array(CommandLine.arguments.dropFirst())))

import BookingService
import Glibc
import Lifecycle

exit(await Launch<BookingService>.run(Array(CommandLine.arguments.dropFirst())))

import Text

/// Why a password of an acceptable length is not taken all the same. There are no rules of composition: they make
/// passwords harder to remember, not harder to guess (NIST SP 800-63B, 3.1.1.2).
enum PasswordWeakness {
    case isCommon, isEmail

    /// Nil for a password that may be taken.
    init?(of password: String, email: Email?) {
        let folded = password.caseFolded
        if commonPasswords.contains(folded) {
            self = .isCommon
        } else if folded == email?.folded {
            self = .isEmail
        } else {
            return nil
        }
    }
}

/// The first that are tried: the commonest of eight characters and more, English and French, in lower case.
private let commonPasswords: Set<String> = Set(
    """
    00000000 0000000000 01234567 0123456789 11111111 1111111111 11223344 1122334455 112233445566 12121212 12341234
    1234567a 12345678 123456789 1234567890 1234567891 12345678910 123456789a 12345679 123123123 123321123 123454321
    123qweasd 12qwaszx 147258369 159753456 18atcskd2w 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qazxsw2
    22222222 31415926 55555555 66666666 77777777 87654321 88888888 987654321 9876543210 98765432 99999999
    a1234567 a12345678 a123456789 aa123456 aa12345678 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh abcdefghi
    access14 adminadmin admin123 admin1234 administrator alexandre alexander amsterdam andromeda angelique anthony1
    arsenal1 asdf1234 asdfasdf asdfghjk asdfghjkl asdfjkl; azerty12 azerty123 azerty1234 azertyui azertyuiop azqsazqs
    babygirl barcelona baseball basketball batman123 benjamin bienvenue birthday blink182 bonjour1 bonjour123
    bordeaux bubbles1 butterfly caroline catherine caramel1 changeme charlie1 charlotte chocolat chocolate chouchou
    christelle christian christine christophe clementine coucou123 computer cheval123 corvette danielle darkness
    diamond1 dinosaur dolphin1 doudou123 dragon12 dragon123 elephant elizabeth emmanuel eminem123 everton1 facebook
    ferrari1 fireball firebird florence football football1 fortnite francois freedom1 friends1 ginger12 guillaume
    gwendoline hello123 hellohello hercules hardcore hollywood iloveyou iloveyou1 iloveyou2 ihateyou infinity
    internet isabelle jackson1 jasmine1 jeanmarc jennifer jeremy12 jetaime1 jetaime123 jonathan jordan23 julien12
    justin12 kawasaki killer12 kristina lakers24 laurence letmein1 letmein123 lifehack liverpool liverpool1 loulou12
    loulou123 louloute loveyou1 lovelove london12 madeleine maradona margaret marseille marseille13 marvin12
    master12 maverick maxwell1 megadeth mercedes metallica michelle micheline midnight monkey12 monkey123 montagne
    morgane1 motdepasse motdepasse1 motdepasse123 motdepass mustang1 mylittlepony naruto12 nathalie nicholas nicolas1
    nintendo nirvana1 november nounours olivier1 p@ssw0rd p@ssword pa$$word pa55word paris123 parisparis passer123
    passw0rd password password! password1 password1! password12 password123 password1234 password2 patricia
    patrick1 pepper12 peterpan philippe platinum playstation pokemon1 pokemon123 porsche1 poohbear portugal
    princess princess1 princesse q1w2e3r4 q1w2e3r4t5 qazwsxed qazwsxedc qqqqqqqq qsdfghjk qsdfghjklm qwaszx12 qwer1234
    qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 raiders1 rainbow1 rangers1 robert12
    rockstar rosebud1 sammy123 samantha samsung1 sandrine saturday scooter1 sebastian sebastien secret12 secret123
    security september shadow12 shopping simpsons skywalker slipknot snowball snoopy12 soccer12 soleil12 soleil123
    spiderman spongebob starwars steelers stephane stephanie sunflower sunshine sunshine1 superman superman1
    superstar swordfish testtest test1234 teddybear thailand thuglife thunder1 tigger12 toulouse toutoune
    trustno1 tinkerbell undertaker valentin valentine vanessa1 vacances1 veronica veronique victoria vincent1
    welcome1 welcome123 whatever william1 windows1 wolverine wordpass xavier12 xxxxxxxx yamaha12 yankees1 yourname
    zaq12wsx zaqwsxcde zidane10 zinedine zxcvbnm1 zxcvbnm123 zxcvbnm, zzzzzzzz
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

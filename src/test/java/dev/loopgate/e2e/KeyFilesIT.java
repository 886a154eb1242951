package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of keys in every form that openssl writes, read by the jar, which leaves out much of the library that reads them. */
class KeyFilesIT {

    /** Each {@code NAME.key} with a certificate, {@code NAME.pem}; then the keys in other forms. */
    private static final String FILES = """
            set -e
            make() {
              name=$1; shift
              openssl genpkey -out $name.key "$@"
              openssl req -x509 -new -key $name.key -out $name.pem -days 30 -subj /CN=$name.localhost \
                -addext subjectAltName=DNS:$name.localhost
            }
            make rsa -algorithm RSA
            make ec -algorithm EC -pkeyopt ec_paramgen_curve:P-384
            make ed -algorithm ED25519
            make pss -algorithm RSA-PSS
            make koblitz -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
            make short -algorithm RSA -pkeyopt rsa_keygen_bits:768
            openssl rsa -in rsa.key -traditional -out rsa-pkcs1.key
            openssl ecparam -name secp384r1 -genkey -param_enc explicit -out explicit.key
            openssl pkcs12 -export -in koblitz.pem -inkey koblitz.key -passout pass:x -out koblitz.p12
            { cat rsa.pem; openssl dhparam -dsaparam 512; } >with-parameters.pem
            openssl x509 -in rsa.pem -trustout -out trusted.pem
            { openssl ecparam -name secp384r1; openssl ec -in ec.key; } >ec-sec1.key
            openssl pkcs12 -export -in rsa.pem -inkey rsa.key -passout pass:x -out rsa.p12
            openssl pkcs12 -export -in ec.pem -inkey ec.key -passout pass:x -out ec.p12
            openssl pkcs8 -topk8 -in rsa.key -passout pass:x -out encrypted.key
            openssl rsa -in rsa.key -traditional -aes128 -passout pass:x -out encrypted-pkcs1.key
            openssl ec -in ec.key -aes256 -passout pass:x -out encrypted-sec1.key
            openssl req -new -key rsa.key -subj /CN=x -out request.key
            openssl crl2pkcs7 -nocrl -certfile rsa.pem -out bag.key
            openssl pkey -in rsa.key -pubout -out public.key
            """;

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        Programs.require("openssl");
        try (RunningProcess files = RunningProcess.start(folder, Map.of(), List.of("sh", "-c", FILES))) {
            assertThat(files.awaitExit(Duration.ofMinutes(1)))
                    .as(files.stderr())
                    .isZero();
        }
    }

    private static Outcome check(String hosts) throws IOException {
        Path file = Files.writeString(folder.resolve("loopgate.yaml"), "hosts:\n" + hosts);
        return PackagedGateway.command(folder, folder, "check", "--config", file.toString());
    }

    @Test
    void every_form_that_can_be_used_is() throws IOException {
        Outcome valid = check("""
                  rsa.localhost: {to: 3000, tls: {cert: rsa.pem, key: rsa.key}}
                  rsa-pkcs1.rsa.localhost: {to: 3000, tls: {cert: rsa.pem, key: rsa-pkcs1.key}}
                  parameters.rsa.localhost: {to: 3000, tls: {cert: with-parameters.pem, key: rsa.key}}
                  trusted.rsa.localhost: {to: 3000, tls: {cert: trusted.pem, key: rsa.key}}
                  ec.localhost: {to: 3000, tls: {cert: ec.pem, key: ec.key}}
                  ec-sec1.ec.localhost: {to: 3000, tls: {cert: ec.pem, key: ec-sec1.key}}
                  rsa-p12.rsa.localhost: {to: 3000, tls: {pkcs12: rsa.p12, password: x}}
                  ec-p12.ec.localhost: {to: 3000, tls: {pkcs12: ec.p12, password: x}}
                """);
        assertThat(valid.status()).as(valid.stdout() + valid.stderr()).isZero();
        assertThat(valid.stdout()).contains("valid, 8 hosts");
    }

    @Test
    void of_every_other_it_is_told_why_not() throws IOException {
        Outcome invalid = check("""
                  a.localhost: {to: 3000, tls: {cert: rsa.pem, key: encrypted.key}}
                  b.localhost: {to: 3000, tls: {cert: rsa.pem, key: encrypted-pkcs1.key}}
                  c.localhost: {to: 3000, tls: {cert: ec.pem, key: encrypted-sec1.key}}
                  d.localhost: {to: 3000, tls: {cert: pss.pem, key: pss.key}}
                  e.localhost: {to: 3000, tls: {cert: rsa.pem, key: request.key}}
                  f.localhost: {to: 3000, tls: {cert: rsa.pem, key: bag.key}}
                  g.localhost: {to: 3000, tls: {cert: rsa.pem, key: public.key}}
                  h.localhost: {to: 3000, tls: {cert: ed.pem, key: ed.key}}
                  i.localhost: {to: 3000, tls: {cert: koblitz.pem, key: koblitz.key}}
                  j.localhost: {to: 3000, tls: {cert: ec.pem, key: explicit.key}}
                  k.localhost: {to: 3000, tls: {pkcs12: koblitz.p12, password: x}}
                  l.localhost: {to: 3000, tls: {cert: short.pem, key: short.key}}
                """);
        assertThat(invalid.status()).isEqualTo(3);
        // By the line of the file that each is of.
        assertThat(invalid.stdout().lines().map(line -> line.replaceFirst("^.*yaml:(\\d+):\\d+: .*/", "$1 ")))
                .zipSatisfy(
                        List.of(
                                "2 encrypted.key holds a key that is encrypted",
                                "3 encrypted-pkcs1.key holds a key that is encrypted",
                                "4 encrypted-sec1.key holds a key that is encrypted",
                                "5 pss.key holds a key of a kind that browsers do not take",
                                "6 request.key holds no private key",
                                "7 bag.key holds no private key",
                                "8 public.key holds no private key",
                                "9 ed.key holds a key of a kind that browsers do not take",
                                "10 koblitz.key holds a key of a kind that browsers do not take",
                                "11 explicit.key holds a key of a kind that browsers do not take",
                                "12 koblitz.p12 holds a key of a kind that browsers do not take",
                                "13 short.key holds a key of a kind that browsers do not take"),
                        (line, words) -> assertThat(line).startsWith(words));
    }
}

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * A step of the build: gives each class of a jar that is older than Java 6 the version of Java 6, and the stack maps that come with
 * it. Java keeps no older class in the file from which the next start reads what the last one had loaded and checked, and picocli's
 * are of Java 5. Nothing else in the jar changes, the times of its entries included.
 */
public final class ClassVersions {

    private ClassVersions() {}

    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        Path raised = jar.resolveSibling(jar.getFileName() + ".raised");
        try (JarFile from = new JarFile(jar.toFile());
                URLClassLoader classes =
                        new URLClassLoader(new URL[] {url(jar)}, ClassLoader.getPlatformClassLoader());
                JarOutputStream to = new JarOutputStream(Files.newOutputStream(raised))) {
            Enumeration<JarEntry> entries = from.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                byte[] content = from.getInputStream(entry).readAllBytes();
                to.write(isOldClass(entry, content) ? raise(content, classes) : content);
                to.closeEntry();
            }
        }
        Files.move(raised, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JVMS §4.1: four bytes of magic number, two of the minor version, two of the major one. */
    private static boolean isOldClass(JarEntry entry, byte[] content) {
        return entry.getName().endsWith(".class")
                && content.length > 8
                && ((content[6] & 0xff) << 8 | content[7] & 0xff) < Opcodes.V1_6;
    }

    private static byte[] raise(byte[] content, ClassLoader classes) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected ClassLoader getClassLoader() {
                return classes;
            }
        };
        ClassVisitor raiser = new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public void visit(
                    int version, int access, String name, String signature, String above, String[] interfaces) {
                super.visit(Opcodes.V1_6, access, name, signature, above, interfaces);
            }
        };
        new ClassReader(content).accept(raiser, ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }
}

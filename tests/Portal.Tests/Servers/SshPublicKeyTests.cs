using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Portal.Servers;
using Xunit;

namespace Portal.Tests.Servers;

public sealed class SshPublicKeyTests
{
    /// <summary>A key that ssh-keygen made; its fingerprint is what <c>ssh-keygen -l</c> printed.</summary>
    public const string Ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEprI0VDsLW0O5TxbU3OzJhqKOZ9WZeGWgtltkjYREnz asha@laptop";

    [Fact]
    public void A_key_of_each_offered_type_is_read_with_its_strength()
    {
        Assert.Equal(("ssh-ed25519", 256), Strength(Ed25519));
        Assert.Equal(("ssh-rsa", 2048), Strength(Rsa(2048)));
        Assert.Equal(("ssh-rsa", 4096), Strength(Rsa(4096)));
        Assert.Equal(("ecdsa-sha2-nistp256", 256), Strength(Ecdsa("nistp256", ECCurve.NamedCurves.nistP256)));
        Assert.Equal(("ecdsa-sha2-nistp384", 384), Strength(Ecdsa("nistp384", ECCurve.NamedCurves.nistP384)));
        Assert.Equal(("ecdsa-sha2-nistp521", 521), Strength(Ecdsa("nistp521", ECCurve.NamedCurves.nistP521)));
    }

    [Fact]
    public void The_fingerprint_is_the_one_that_ssh_keygen_prints() =>
        Assert.Equal("SHA256:/wuzAcGaxj4yPIM04dsw/UIbJNG8SK8SoV5QN6367Cw", SshPublicKey.Read(Ed25519).Key!.Fingerprint);

    [Fact]
    public void The_stored_text_is_one_line_of_plain_characters()
    {
        var key = SshPublicKey.Read($"  {Ed25519.Replace("asha@laptop", "आशा's \"old\" laptop")}\n").Key!;
        Assert.EndsWith("'s \"old\" laptop", key.Text, StringComparison.Ordinal);
        Assert.All(key.Text, character => Assert.InRange(character, ' ', '~'));
    }

    [Theory]
    [InlineData("", "Paste your SSH public key")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----", "This is a private key")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "This is a private key")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519", "This is a private key")]
    [InlineData("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA", "This is the SSH2 format")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMIIB", "This is a PEM file")]
    [InlineData("ssh-ed25519", "The key itself is missing")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINRNb1GGRyYtc4VOYTw4Gf4ADQFv2dd2HgQ", "The key is damaged or cut off")]
    [InlineData("ssh-ed25519 !!!!", "The key is damaged or cut off")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIEprI0VDsLW0O5TxbU3OzJhqKOZ9WZeGWgtltkjYREnz", "The line says ssh-rsa")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3M=", "DSA keys are no longer safe")]
    [InlineData("sk-ssh-ed25519@openssh.com AAAA", "Keys on security tokens")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com AAAA", "This is a certificate")]
    [InlineData("from=\"10.0.0.1\" ssh-ed25519 AAAA", "A public key starts with")]
    [InlineData("hello", "A public key starts with")]
    public void A_broken_key_is_refused_with_the_reason(string pasted, string reason)
    {
        var (key, problem) = SshPublicKey.Read(pasted);
        Assert.Null(key);
        Assert.StartsWith(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_rsa_key_that_is_too_weak_says_how_long_it_is() =>
        Assert.StartsWith("This RSA key has 1024 bits; at least 2048 are safe.", SshPublicKey.Read(Rsa(1024)).Problem, StringComparison.Ordinal);

    [Fact]
    public void Two_keys_are_refused() =>
        Assert.StartsWith("Paste one key only", SshPublicKey.Read($"{Ed25519}\n{Ed25519}").Problem, StringComparison.Ordinal);

    [Fact]
    public void A_point_that_is_not_on_its_curve_is_no_key()
    {
        var point = new byte[65];
        point[0] = 4;
        point[64] = 1;
        var line = Line("ecdsa-sha2-nistp256", Encoding.ASCII.GetBytes("nistp256"), point);
        Assert.StartsWith("The key is damaged", SshPublicKey.Read(line).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_with_one_byte_missing_or_too_many_is_never_accepted()
    {
        var blob = Convert.FromBase64String(Ed25519.Split(' ')[1]);
        for (var length = 0; length < blob.Length; length++)
            Assert.Null(SshPublicKey.Read($"ssh-ed25519 {Convert.ToBase64String(blob[..length])}").Key);
        Assert.Null(SshPublicKey.Read($"ssh-ed25519 {Convert.ToBase64String([.. blob, 0])}").Key);
    }

    [Fact]
    public void Whatever_is_pasted_is_either_a_key_or_a_reason_and_never_a_crash() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            foreach (var pasted in (string?[])[text, $"ssh-ed25519 {text}", $"ssh-rsa {Convert.ToBase64String(Encoding.UTF8.GetBytes(text ?? ""))}"])
            {
                var (key, problem) = SshPublicKey.Read(pasted);
                if (key is null == problem is null) return false;
            }

            return true;
        }));

    [Fact]
    public void A_key_that_was_read_is_read_again_from_its_own_text() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<string>(), (seed, comment) =>
        {
            var line = Line("ssh-ed25519", SHA256.HashData(seed ?? []));
            var first = SshPublicKey.Read($"{line} {comment?.ReplaceLineEndings("")}").Key;
            return first is not null && first == SshPublicKey.Read(first.Text).Key;
        }));

    private static (string Type, int Bits) Strength(string line)
    {
        var (key, problem) = SshPublicKey.Read(line);
        Assert.Null(problem);
        return (key!.Type, key.Bits);
    }

    private static string Rsa(int bits)
    {
        using var rsa = RSA.Create(bits);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return Line("ssh-rsa", parameters.Exponent!, [0, .. parameters.Modulus!]);
    }

    private static string Ecdsa(string name, ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return Line($"ecdsa-sha2-{name}", Encoding.ASCII.GetBytes(name), [4, .. point.X!, .. point.Y!]);
    }

    private static string Line(string type, params byte[][] fields)
    {
        using var blob = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var field in fields.Prepend(Encoding.ASCII.GetBytes(type)))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
            blob.Write(length);
            blob.Write(field);
        }

        return $"{type} {Convert.ToBase64String(blob.ToArray())}";
    }
}

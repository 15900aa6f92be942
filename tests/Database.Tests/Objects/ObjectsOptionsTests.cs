using Database.Objects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Database.Tests.Objects;

public sealed class ObjectsOptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("portal-keys-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Kind", "ftp", "set one of them")]
    [InlineData("Folder", "", "name a folder")]
    [InlineData("PartMib", "1", "leave it at 16")]
    [InlineData("Checksums", "always", "leave it out")]
    [InlineData("MasterKey", "k1:short", "openssl rand")]
    public void A_wrong_setting_says_how_to_mend_it(string name, string value, string mend)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Options(Environments.Development, (name, value)));
        Assert.Contains(mend, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoint", "Endpoint is no http")]
    [InlineData("Bucket", "Bucket is empty")]
    [InlineData("SecretKey", "SecretKey is empty")]
    public void S3_needs_its_settings(string missing, string says)
    {
        (string, string)[] all = [("Endpoint", "https://s3.example.in"), ("Bucket", "portal"), ("AccessKey", "a"), ("SecretKey", "s")];
        Options(Environments.Development, [("Kind", "s3"), .. all]);
        var refused = Assert.Throws<OptionsValidationException>(
            () => Options(Environments.Development, [("Kind", "s3"), .. all.Where(one => one.Item1 != missing)]));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Production_makes_no_key_that_nobody_has_a_copy_of()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Options(Environments.Production));
        Assert.Contains("no master key", refused.Message, StringComparison.Ordinal);
        Options(Environments.Production, ("MasterKey", $"k1:{Convert.ToBase64String(new byte[32])}"));
    }

    [Fact]
    public async Task A_trial_makes_its_key_once_for_both_hosts()
    {
        var options = new ObjectsOptions { MasterKeyFile = Path.Combine(folder, "below", "objects.key") };
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => MasterKeys.Load(options, mayMake: true).Newest.Bytes)));
        Assert.Single(made.Select(Convert.ToBase64String).Distinct());
        Assert.Equal(["objects.key"], Directory.EnumerateFiles(Path.Combine(folder, "below")).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.MasterKeyFile));
    }

    private ObjectsOptions Options(string environment, params (string Name, string Value)[] settings)
    {
        var values = settings.ToDictionary(one => $"Database:Objects:{one.Name}", one => (string?)one.Value);
        values["Database:Objects:MasterKeyFile"] = Path.Combine(folder, "objects.key");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddObjects(builder.Configuration);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<ObjectsOptions>>().Value;
    }
}

using Database.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Database.Objects;

/// <summary>Where objects lie and what encrypts them. Section <c>Database:Objects</c>.</summary>
public sealed record ObjectsOptions
{
    /// <summary><c>file</c> (the embedded default) or <c>s3</c>.</summary>
    public string Kind { get; init; } = "file";

    /// <summary>The folder of the kind <c>file</c>.</summary>
    public string Folder { get; init; } = "data/objects";

    /// <summary>The S3 service, e.g. <c>https://s3.example.in</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The bucket; it must exist.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The access key of a user that reads, writes and lists the bucket.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Its secret.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary><c>when_required</c> (Ceph and most others) or <c>when_supported</c> (Amazon): whether the SDK adds checksums of its own.</summary>
    public string Checksums { get; init; } = "when_required";

    /// <summary>The size of a part of a large upload in MiB: its memory, and a ten-thousandth of the largest object.</summary>
    public int PartMib { get; init; } = 16;

    /// <summary>The master key that wraps new data keys, <c>id:base64 of 32 bytes</c>. Empty: the first line of the file.</summary>
    public string MasterKey { get; init; } = "";

    /// <summary>Master keys, one <c>id:base64</c> a line, the newest first; the older ones only open what they have wrapped.</summary>
    public string MasterKeyFile { get; init; } = "data/objects.key";
}

/// <summary>What the room offers the building: the object store and the keys that encrypt what lies in it.</summary>
public static class ObjectsRoom
{
    private const string HowToMakeAKey = "make one with: (umask 077; echo \"k1:$(openssl rand -base64 32)\" > FILE)";

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddObjects(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ObjectsOptions>().Bind(configuration.GetSection("Database:Objects"))
            .Validate(options => options.Kind is "file" or "s3", "Database:Objects:Kind is neither 'file' nor 's3'; set one of them.")
            .Validate(options => options.Kind != "file" || options.Folder.Length > 0, "Database:Objects:Folder is empty; name a folder, e.g. data/objects.")
            .Validate(
                options => options.Kind != "s3" || Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
                "Database:Objects:Endpoint is no http or https address; set that of the S3 service, or set Database:Objects:Kind to 'file'.")
            .Validate(options => options.Kind != "s3" || options.Bucket.Length > 0, "Database:Objects:Bucket is empty; name an existing bucket.")
            .Validate(
                options => options.Kind != "s3" || options is { AccessKey.Length: > 0, SecretKey.Length: > 0 },
                "Database:Objects:AccessKey or SecretKey is empty; set both, from the environment or a secrets file.")
            .Validate(
                options => options.Checksums is "when_required" or "when_supported",
                "Database:Objects:Checksums is neither 'when_required' nor 'when_supported'; leave it out, or take the second with Amazon S3.")
            .Validate(options => options.PartMib is >= 5 and <= 1024, "Database:Objects:PartMib is outside 5 to 1024; leave it at 16.")
            .Validate(
                options => options.MasterKey.Length == 0 || MasterKeys.Parse(options.MasterKey) is not null,
                $"Database:Objects:MasterKey is not 'id:base64 of 32 bytes'; {HowToMakeAKey}")
            .Validate(
                options => MasterKeys.Readable(options.MasterKeyFile),
                $"Database:Objects:MasterKeyFile has a line that is not 'id:base64 of 32 bytes'; {HowToMakeAKey}")
            .Validate<IServiceProvider>(
                (options, provider) => options.MasterKey.Length > 0 || File.Exists(options.MasterKeyFile) || MayMakeKeys(provider),
                $"Database:Objects has no master key: the file of MasterKeyFile is not there; {HowToMakeAKey} and keep a copy elsewhere: without it no backup can be read.")
            .ValidateOnStart();
        services.AddSingleton<ObjectStore>(provider => provider.GetRequiredService<IOptions<ObjectsOptions>>().Value switch
        {
            { Kind: "s3" } options => new S3Objects(options, provider.GetRequiredService<TimeProvider>()),
            var options => new FileObjects(options.Folder, provider.GetRequiredService<TimeProvider>()),
        });
        services.AddSingleton(provider => MasterKeys.Load(provider.GetRequiredService<IOptions<ObjectsOptions>>().Value, MayMakeKeys(provider)));
        services.AddSingleton<DataKeys>();
        services.AddSingleton(provider =>
            new EncryptedObjects(provider.GetRequiredService<ObjectStore>(), provider.GetRequiredService<DataKeys>()));
        services.AddPeriodicWork<RewrapDataKeys>("objects.rewrap", TimeSpan.FromHours(6));
        return services;
    }

    // a key made by itself is fine for a trial; an operator must know of the key he depends on
    private static bool MayMakeKeys(IServiceProvider provider) =>
        provider.GetService<IHostEnvironment>() is not { } environment || !environment.IsProduction();
}

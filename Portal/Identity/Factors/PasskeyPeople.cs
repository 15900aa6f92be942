using Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Factors;

/// <summary>
/// People and their passkeys as ASP.NET Core Identity's passkey handler asks for them. The handler reads; writing is ours, in the
/// transaction that also records it, so what would change a person is refused here.
/// </summary>
internal sealed class PasskeyPeople(Db db) : IUserPasskeyStore<Person>
{
    /// <summary>The handler of ASP.NET Core Identity over these people: the only part of it that a sign-in by passkey needs.</summary>
    public static IPasskeyHandler<Person> Handler(IServiceProvider services) => new PasskeyHandler<Person>(
        new UserManager<Person>(
            new PasskeyPeople(services.GetRequiredService<Db>()), Options.Create(new Microsoft.AspNetCore.Identity.IdentityOptions()),
            new PasswordHasher<Person>(), [], [], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), services,
            services.GetRequiredService<ILogger<UserManager<Person>>>()),
        services.GetRequiredService<IOptions<IdentityPasskeyOptions>>());

    public Task<string> GetUserIdAsync(Person user, CancellationToken cancellationToken) => Task.FromResult(user.Id.Value);

    public Task<string?> GetUserNameAsync(Person user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(Person user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(Person.Lower(user.Email));

    public async Task<Person?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Id.TryParse<PersonId>(userId, out var id) ? await Person.ById(db, id) : null;

    public Task<Person?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => Person.ByEmail(db, normalizedUserName);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Person user, CancellationToken cancellationToken) =>
        [.. (await Passkey.Of(db, user.Id)).Select(passkey => passkey.Info)];

    public async Task<Person?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await Passkey.ByCredential(db, credentialId) is { } passkey ? await Person.ById(db, passkey.PersonId) : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) =>
        await Passkey.ByCredential(db, credentialId) is { } passkey && passkey.PersonId == user.Id ? passkey.Info : null;

    public Task AddOrUpdatePasskeyAsync(Person user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw ReadOnly();

    public Task RemovePasskeyAsync(Person user, byte[] credentialId, CancellationToken cancellationToken) => throw ReadOnly();

    public Task SetUserNameAsync(Person user, string? userName, CancellationToken cancellationToken) => throw ReadOnly();

    public Task SetNormalizedUserNameAsync(Person user, string? normalizedName, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> CreateAsync(Person user, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> UpdateAsync(Person user, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<IdentityResult> DeleteAsync(Person user, CancellationToken cancellationToken) => throw ReadOnly();

    public void Dispose()
    {
    }

    private static NotSupportedException ReadOnly() => new("The passkey handler reads people; the pages write them.");
}

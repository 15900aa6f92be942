using Database;
using Portal.Identity;

namespace Portal.Demo;

/// <summary><c>Portal demo</c>: a made-up provider's customers with three months of history, for development only.</summary>
internal static class WriteDemo
{
    private const string Password = "kaveri demo 2026";
    private const string StaffEmail = "staff@kaveri.example";

    /// <summary>Writes the demo, once; prints who can sign in.</summary>
    internal static async Task<int> Run(string[] args)
    {
        var clock = new DemoClock();
        await using var app = PortalHost.Build([.. args, "--urls", "http://127.0.0.1:0"], clock);
        if (!app.Environment.IsDevelopment())
        {
            await Console.Error.WriteLineAsync("The demo is for development only: set ASPNETCORE_ENVIRONMENT=Development.");
            return 1;
        }

        await app.Services.GetRequiredService<Migrator>().Migrate();
        var db = app.Services.GetRequiredService<Db>();
        // the last to join: where there is staff, the demo is complete
        if (await Person.ByEmail(db, StaffEmail) is null && !await Write(app, db, clock)) return 1;
        await Print();
        return 0;
    }

    private static async Task<bool> Write(WebApplication app, Db db, DemoClock clock)
    {
        using var gateway = ActivatorUtilities.CreateInstance<DemoGateway>(app.Services);
        if (!await gateway.IsThere())
        {
            await Console.Error.WriteLineAsync("The gateway's sandbox does not answer; start it first: Portal razorpay-sandbox --urls http://localhost:5090.");
            return false;
        }

        var hash = Passwords.Hash(Password);
        var history = new DemoHistory(app.Services, gateway, clock);
        clock.SetBackTo(clock.GetUtcNow().AddDays(-93));
        await app.StartAsync();
        await history.Write(hash);
        await db.Write(tx => CreatePerson.Run(
            tx, new NewPerson(StaffEmail, "Ravi Shenoy") { PasswordHash = hash, AgeConfirmedAt = clock.GetUtcNow(), StaffRole = "administrator" }, clock.GetUtcNow()));
        await app.StopAsync();
        return true;
    }

    private static async Task Print()
    {
        await Console.Out.WriteLineAsync($"Sign-ins, password of each: {Password}");
        foreach (var customer in (DemoCustomer[])[DemoCustomer.Asha, DemoCustomer.Bharat, DemoCustomer.Lakshmi])
            await Console.Out.WriteLineAsync($"  {customer.Email,-24} {customer.AccountName}");
        await Console.Out.WriteLineAsync($"  {DemoTeam.Contractor,-24} a contractor of Asha Textiles, for one server");
        await Console.Out.WriteLineAsync($"  {DemoTeam.Bookkeeper,-24} the bookkeeper of Asha Textiles");
        await Console.Out.WriteLineAsync($"  {DemoTeam.Asker,-24} may only ask at Asha Textiles");
        await Console.Out.WriteLineAsync($"  {StaffEmail,-24} staff");
    }
}

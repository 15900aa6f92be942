namespace Journeys;

/// <summary>Payments that did not work out.</summary>
public sealed partial class EveryPage
{
    private async Task Lakshmi(Looks lakshmi)
    {
        await lakshmi.SignIn("lakshmi@home.example", DemoHouse.Password);
        await lakshmi.Go("/servers");
        await OpenRow(lakshmi, "cloud.");
        await See(lakshmi, "pay-again");
        await See(lakshmi, "pay-failed", $"{lakshmi.Page.Url}/result?back=failed");
    }
}
